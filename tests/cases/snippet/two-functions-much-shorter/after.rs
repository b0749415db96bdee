fn same_hour(alarm: &Alarm, clock: &Clock) -> bool {
    clock.hour == alarm.hour
        && alarm.minute.map_or(true, |minute| clock.minute == minute)
        && alarm.second.map_or(true, |second| clock.second == second)
        && clock.zone == alarm.zone
}

fn later_hour(alarm: &Alarm, clock: &Clock) -> bool {
    if clock.zone != alarm.zone {
        return clock.zone > alarm.zone;
    }

    clock.hour > alarm.hour
}

fn near_hour(alarm: &Alarm, clock: &Clock) -> bool {
    if clock.hour != alarm.hour {
        return false;
    }

    match alarm.minute {
        Some(minute) if clock.minute != minute => clock.minute > minute,
        _ => clock.zone >= alarm.zone,
    }
}
