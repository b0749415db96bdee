resource "pool" "work" {
  size = "small"
}

resource "gate" "web" {
  port = 80
}
