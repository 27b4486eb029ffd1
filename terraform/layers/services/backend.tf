# The bucket is named at `init`, from envs/<environment>/backend.hcl; the key is <environment>/<layer>.tfstate.
terraform {
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}
