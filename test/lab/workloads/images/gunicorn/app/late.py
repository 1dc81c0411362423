"""Imported by the first request that asks for it."""
