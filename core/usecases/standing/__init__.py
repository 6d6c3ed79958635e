"""Where a customer stands: status, next best action and timeline."""
