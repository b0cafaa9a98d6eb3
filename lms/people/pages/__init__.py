"""What the room renders apart from its views."""
