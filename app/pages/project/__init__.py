"""The pages of a project and of what an item's workflow says: timeline, grid, changes, lights, diagrams, links."""
