#[methods]
impl Stamp {
    fn new(value: &str) -> Stamp {
        Stamp { value: value.to_string() }
    }

    fn repr(&self, token: Token) -> String {
        format!("<Stamp {} {}>", self.value, token)
    }

    fn size(&self) -> usize {
        self.value.len()
    }
}
