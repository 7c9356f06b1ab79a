"""Tests of what belongs to a project: plan, changes, lights, workflows, links."""
