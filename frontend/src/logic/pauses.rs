//! How long to wait before asking again: short at first, longer the longer it takes.

/// The first pause, in milliseconds.
const FIRST: u32 = 1_000;

/// The pause before the next attempt, in milliseconds, after so many attempts; never longer than `longest`.
pub fn pause(attempts: u32, longest: u32) -> u32 {
    let mut pause = FIRST;
    for _ in 0..attempts {
        if pause >= longest {
            break;
        }
        pause = pause.saturating_add(pause / 2);
    }
    pause.min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_by_half_up_to_the_longest() {
        let pauses: Vec<_> = (0..8).map(|attempts| pause(attempts, 10_000)).collect();
        assert_eq!(pauses, [1_000, 1_500, 2_250, 3_375, 5_062, 7_593, 10_000, 10_000]);
    }

    #[test]
    fn a_pause_has_a_bound_however_many_attempts_there_were() {
        assert_eq!(pause(u32::MAX, 30_000), 30_000);
        assert_eq!(pause(0, 500), 500);
    }
}
