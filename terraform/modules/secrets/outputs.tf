output "names" {
  description = "Names of the secrets, for the charts' ExternalSecrets."
  value       = { for key, secret in aws_secretsmanager_secret.secret : key => secret.name }
}
