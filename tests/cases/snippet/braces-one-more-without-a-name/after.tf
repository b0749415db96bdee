resource "gate" "web" {
  name = "web"

  ingress {
    port     = 80
    protocol = "tcp"
  }

  ingress {
    port     = 443
    protocol = "tcp"
  }

  egress {
    port = 0
  }
}
