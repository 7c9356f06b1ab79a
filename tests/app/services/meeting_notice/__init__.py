"""Invitations, replies and attendance, as the services keep them."""
