"""What is handed to operators: the bundle, the bill of materials, services, container, nginx, the operations pages."""
