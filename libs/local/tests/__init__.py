"""Tests of the system on one machine; each starts real processes."""
