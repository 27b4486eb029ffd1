output "topic_arn" {
  description = "Topic that alarms are published to."
  value       = aws_sns_topic.alarms.arn
}

output "alarms" {
  description = "Alarms that tell somebody; each is the heading of a runbook."
  value       = concat(keys(local.alarms), [for burn in keys(local.burns) : "slo-${burn}-burn"])
}
