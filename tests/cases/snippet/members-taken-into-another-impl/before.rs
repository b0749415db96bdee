#[methods]
impl Stamp {
    fn new(value: &str) -> Stamp {
        Stamp { value: value.to_string() }
    }
}

#[protocol]
impl Protocol for Stamp {
    fn repr(&self) -> String {
        let lock = acquire();
        let token = lock.token();

        format!("<Stamp {} {}>", self.value, token)
    }

    fn size(&self) -> usize {
        self.value.len()
    }
}
