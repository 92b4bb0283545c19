"""The method (docs/guide/method.md) as plain functions: the standard library alone, no clock, no I/O."""
