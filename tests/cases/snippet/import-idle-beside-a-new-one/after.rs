// Stamps for letters.

use crate::error::PostageResult;
use std::collections::HashMap;

pub struct Stamp {
    value: u32,
}

impl Stamp {
    fn new(value: &str) -> PostageResult<Self> {
        let value = value.parse()?;
        Ok(Stamp { value })
    }

    fn value(&self) -> u32 {
        self.value
    }
}
