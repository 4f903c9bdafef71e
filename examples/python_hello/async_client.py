"""The same by coroutines: async_client.py ENDPOINT"""

from __future__ import annotations

import asyncio
import sys

import beckon
import hello


class Gossip(hello.AsyncListener):
    async def on_greeted(self, name: str) -> None:
        print("greeted:", name)


async def main() -> None:
    async with await beckon.connect_async(sys.argv[1]) as session:
        greeter = await session.get_async(hello.AsyncGreeter, "greeter")
        print(*await asyncio.gather(greeter.greet("Lucy"), greeter.greet("Tom")))

        await greeter.watch(Gossip())
        print(await greeter.greet("Ann"))


asyncio.run(main())
