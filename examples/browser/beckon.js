// A JSON-RPC peer in a browser: calls, is called back, reads streams. docs/guide/websocket.md
export class Peer {
    #socket; #last = 0; #waiting = new Map(); #objects = new Map(); #streams = new Map();

    /** Resolves once the WebSocket is open: `await Peer.connect("ws://127.0.0.1:8080/")`. */
    static connect(url) {
        return new Promise((resolve, reject) => {
            const peer = new Peer(), socket = new WebSocket(url, "jsonrpc-2.0");
            peer.#socket = socket;
            socket.onopen = () => resolve(peer);
            socket.onmessage = (event) => peer.#take(JSON.parse(event.data));
            socket.onclose = (event) => {
                const why = new Error(`the server closed the connection (${event.code})`);
                reject(why);
                for (const { reject } of peer.#waiting.values()) reject(why);
                for (const stream of peer.#streams.values()) stream.end(why);
            };
        });
    }
    /** Calls a method: `await peer.call("add", 2, 3)`. */
    call(method, ...params) {
        return new Promise((resolve, reject) => {
            this.#waiting.set(++this.#last, { resolve, reject });
            this.#send({ method, params, id: this.#last });
        });
    }
    /** Lends an object with functions, to be passed as an argument. */
    lend(object, name) {
        const number = this.#objects.size + 1;
        this.#objects.set(number, object);
        return { $ref: number, interface: name };
    }
    close() { this.#socket.close(1000); }

    #send(message) { this.#socket.send(JSON.stringify({ jsonrpc: "2.0", ...message })); }
    #take(message) {
        if (message.method === undefined) return this.#answered(message);
        const stream = this.#streams.get(message.params?.[0]);
        if (message.method === "$item") return stream?.item(message.params[1]);
        if (message.method === "$end") return stream?.end(message.params[1]);
        this.#called(message);
    }
    #answered({ id, result, error }) {
        const call = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (error) return call?.reject(Object.assign(new Error(error.message), error));
        call?.resolve(result?.$stream ? this.#stream(result.$stream) : result);
    }
    async #called({ id, method, params }) {
        const [, number, name] = /^\$ref\/(\d+)\.(.+)$/.exec(method) ?? [];
        const object = this.#objects.get(Number(number));
        let answer = { error: { code: -32601, message: "Method not found" } };
        try {
            if (object?.[name]) answer = { result: (await object[name](...(params ?? []))) ?? null };
        } catch (thrown) {
            answer = { error: { code: -32000, message: String(thrown) } };
        }
        if (id !== undefined) this.#send({ id, ...answer });
    }
    /** Of a stream that a result is: `for await (const item of await peer.call("count_to", 3))`. */
    #stream(number) {
        let wake, items = [], over = false, failure;
        const told = () => { wake?.(); wake = undefined; };
        this.#streams.set(number, {
            item: (item) => { items.push(item); told(); },
            end: (error) => { over = true; failure = error; told(); },
        });
        const send = (count) => this.#send({ method: "$credit", params: [number, count] });
        const streams = this.#streams;
        return (async function* () {
            for (;;) {
                while (items.length) { yield items.shift(); send(1); }
                if (failure) throw Object.assign(new Error(failure.message), failure);
                if (over) return void streams.delete(number);
                await new Promise((resolve) => (wake = resolve));
            }
        })();
    }
}
