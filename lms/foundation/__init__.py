"""The ground every room stands on: no Flask here, no room's knowledge."""
