"""remcall (docs/wire/remcall.md): another protocol beneath the same interfaces. Endpoints `remcall+...` lead here."""
