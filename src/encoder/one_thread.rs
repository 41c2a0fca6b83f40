//! Work that stays on one thread, for products that are asked for side by side.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError, TryLockError};

use rayon::ThreadPool;

/// Runs work in which every product stays on one thread.
///
/// The product library spreads a product over the threads of the pool it is called from; within the products of one
/// question that costs more than it gains, as several are asked at once. A thread that already belongs to a pool keeps
/// its work: it must not wait for another pool while it holds one.
pub(super) fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static POOLS: LazyLock<Vec<Mutex<ThreadPool>>> = LazyLock::new(|| {
        let single = || rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let pools = (0..rayon::current_num_threads()).filter_map(|_| single().ok());
        pools.map(Mutex::new).collect()
    });
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    if rayon::current_thread_index().is_some() || POOLS.is_empty() {
        return work();
    }
    let free = POOLS.iter().find_map(|pool| match pool.try_lock() {
        Ok(pool) => Some(pool),
        Err(TryLockError::Poisoned(pool)) => Some(pool.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    });
    let pool = free.unwrap_or_else(|| {
        let turn = NEXT.fetch_add(1, Ordering::Relaxed) % POOLS.len();
        POOLS[turn].lock().unwrap_or_else(PoisonError::into_inner)
    });
    pool.install(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_may_ask_at_once_from_inside_a_pool_and_from_outside() {
        use rayon::prelude::*;
        let inside: usize = (0..64_usize)
            .into_par_iter()
            .map(|one| on_one_thread(|| one))
            .sum();
        let outside: usize = std::thread::scope(|scope| {
            let asking = (0..8).map(|one: usize| scope.spawn(move || on_one_thread(|| one)));
            let asking: Vec<_> = asking.collect();
            asking
                .into_iter()
                .map(|one| one.join().expect("nothing panics"))
                .sum()
        });
        assert_eq!((inside, outside), (2016, 28));
    }
}
