variable "zone" {
  type    = string
  default = "north"
}

variable "prefix" {
  type    = string
  default = "main"
}

resource "store" "files" {
  name = "${var.prefix}-files"
}
