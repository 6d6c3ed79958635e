"""The demo: whole customer journeys played over plain HTTP, with what the rules expect beside what is found."""
