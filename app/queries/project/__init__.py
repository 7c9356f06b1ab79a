"""What a project's page reads beside the item itself: plan, grid, departments, changes, lights, origins."""
