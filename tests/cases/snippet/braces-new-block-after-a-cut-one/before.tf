variable "zone" {
  type    = string
  default = "north"
}

resource "store" "files" {
  name = "files"
}
