use std::{
    collections::HashMap,
    fmt,
};

#[derive(Debug, Default)]
pub struct Counter {
    seen: HashMap<String, u32>,
}

impl Counter {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, word: &str) {
        *self.seen.entry(word.to_string()).or_insert(0) += 1;
    }

    pub fn top(&self) -> Option<(&String, &u32)> {
        self.seen.iter().max_by_key(|(_, count)| **count)
    }
}
