@0xb36a5c7f1d1c24e9;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("bench::wire");

interface Counter {
  increment @0 (by :Int64) -> (value :Int64);
}

interface Bench {
  echo @0 (octets :Data) -> (octets :Data);
  make @1 (start :Int64) -> (counter :Counter);
  next @2 () -> (next :Bench);
}
