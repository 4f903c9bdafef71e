namespace cpp hello_wire

service Hello {
    string say(1: string name),
}
