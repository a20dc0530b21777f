"""The whole system on one machine, with real parts: for development and tests."""
