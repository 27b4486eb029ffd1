output "url" {
  description = "Address of the shop."
  value       = module.cdn.url
}

output "secret_names" {
  description = "Secrets, for the charts' ExternalSecrets."
  value       = module.secrets.names
}

output "alarms" {
  description = "Alarms that tell somebody; each has a runbook of its name."
  value       = module.observability.alarms
}
