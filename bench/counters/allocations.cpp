// Counts heap allocations of a process it is preloaded into (LD_PRELOAD), without its help.
//
// The totals stand in the file that BENCH_ALLOCATIONS_FILE names, mapped into memory: four 64-bit
// numbers in host byte order (allocations, frees, bytes asked for, bytes alive). Whoever wants to
// know the cost of an interval reads the file at both its ends; no signal, no call, no thread in
// the counted process. `operator new` is counted by way of malloc, so every program that takes the
// C library from a shared object can be counted.

#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

// The C library's allocator under the names that it keeps when ours stand before it. Looking them
// up with dlsym instead would need the very functions that are being replaced.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

struct totals {
    std::atomic<std::uint64_t> allocations;
    std::atomic<std::uint64_t> frees;
    std::atomic<std::uint64_t> bytes_asked;
    std::atomic<std::uint64_t> bytes_alive;
};
static_assert(sizeof(totals) == 32);

totals before_mapping;
std::atomic<totals*> current = &before_mapping;

void* counted(void* block, std::size_t asked) {
    if (block == nullptr) return block;
    totals& now = *current.load(std::memory_order_relaxed);
    now.allocations.fetch_add(1, std::memory_order_relaxed);
    now.bytes_asked.fetch_add(asked, std::memory_order_relaxed);
    now.bytes_alive.fetch_add(malloc_usable_size(block), std::memory_order_relaxed);
    return block;
}

void count_end(void* block) {
    totals& now = *current.load(std::memory_order_relaxed);
    now.frees.fetch_add(1, std::memory_order_relaxed);
    now.bytes_alive.fetch_sub(malloc_usable_size(block), std::memory_order_relaxed);
}

[[gnu::constructor]] void map_totals() {
    const char* path = std::getenv("BENCH_ALLOCATIONS_FILE");
    if (path == nullptr) return;
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (ftruncate(file, sizeof(totals)) == 0) {
        void* mapped = mmap(nullptr, sizeof(totals), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED) current = static_cast<totals*>(mapped);
    }
    close(file);
}

} // namespace

extern "C" {

void* malloc(std::size_t size) { return counted(__libc_malloc(size), size); }

void* calloc(std::size_t count, std::size_t size) {
    return counted(__libc_calloc(count, size), count * size);
}

void* realloc(void* block, std::size_t size) {
    // A block that grows is one allocation more, even where the C library finds room in place.
    if (block != nullptr) count_end(block);
    return counted(__libc_realloc(block, size), size);
}

void* memalign(std::size_t alignment, std::size_t size) {
    return counted(__libc_memalign(alignment, size), size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    *block = memalign(alignment, size);
    return *block == nullptr ? ENOMEM : 0;
}

void free(void* block) {
    if (block == nullptr) return;
    count_end(block);
    __libc_free(block);
}

} // extern "C"
