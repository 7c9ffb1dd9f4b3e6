"""Parsers: bytes in, a frozen value out, and one error, `unparsable.Unparsable`."""
