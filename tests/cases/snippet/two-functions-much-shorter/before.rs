fn same_hour(alarm: &Alarm, clock: &Clock) -> bool {
    if clock.hour != alarm.hour {
        return false;
    }

    if let Some(minute) = alarm.minute {
        if clock.minute != minute {
            return false;
        }
    }

    if let Some(second) = alarm.second {
        if clock.second != second {
            return false;
        }
    }

    clock.zone == alarm.zone
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

    if let Some(minute) = alarm.minute {
        if clock.minute != minute {
            return clock.minute > minute;
        }
    }

    clock.zone >= alarm.zone
}
