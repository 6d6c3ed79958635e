"""What Salesforce tells by itself: change events and platform events over the Pub/Sub API, as the portal's facts."""
