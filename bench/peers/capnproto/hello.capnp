@0xc0a1d2b84ae1f35b;

interface Hello {
  say @0 (name :Text) -> (text :Text);
}
