"""What the owner tells shoppers: announcements, pages."""
