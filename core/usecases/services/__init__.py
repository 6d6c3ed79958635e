"""What a customer sees and changes of the services they have."""
