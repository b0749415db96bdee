// Stamps for letters.

use crate::paper::PaperResult;
use std::collections::HashMap;

pub struct Stamp {
    value: u32,
}

impl Stamp {
    fn new(value: &str) -> PaperResult<Self> {
        let value = value.parse()?;
        Ok(Stamp { value })
    }

    fn value(&self) -> u32 {
        self.value
    }
}
