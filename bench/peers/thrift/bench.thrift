namespace cpp bench_wire

// Thrift has no object references, hence neither make nor next.
service Bench {
    binary echo(1: binary octets),
}
