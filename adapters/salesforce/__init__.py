"""The CRM behind its ports; bound in a later version."""
