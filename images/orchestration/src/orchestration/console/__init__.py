"""The console: what a person sees and may do. The pages draw; `service` decides."""
