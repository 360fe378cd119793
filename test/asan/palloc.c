/*-------------------------------------------------------------------------
 *
 * palloc.c
 *	  For tests only: every palloc() is a malloc() of its own.
 *
 * The server hands out memory from blocks, within which the address sanitizer
 * sees no end of anything.  This module, preloaded into a server that runs
 * under the sanitizer, puts other functions into the table of methods that all
 * contexts of the usual kind share.  Then what lies behind a piece belongs to
 * nobody, what was freed or reset stays poisoned for a while, and the bytes
 * before a piece are poisoned too.
 *
 * What was allocated before the module was loaded is left to the functions
 * that made it.  Contexts of other kinds (slab, generation) are as they were:
 * the extension makes none.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <sys/mman.h>
#include <unistd.h>

#include "fmgr.h"
#include "nodes/memnodes.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 160000
#include "utils/memutils_internal.h"
#include "utils/memutils_memorychunk.h"
#endif

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

/* of the sanitizer; not there in a server that runs without it */
extern void __asan_poison_memory_region(void const volatile *start, size_t size) __attribute__((weak));

#define CHUNK_MAGIC UINT64CONST(0x0A0D534D53415341)
#define FREED_MAGIC UINT64CONST(0x0A0D534D53465245)

/*
 * What precedes a piece.  The server finds its context by the last member, and
 * the one before it differs from what stands there in a piece of its own: the
 * size, or other bits.
 */
typedef struct Chunk
{
	struct Chunk *next;
	struct Chunk *before;
	MemoryContext context;
	Size		size;
	uint64		magic;
#if PG_VERSION_NUM >= 160000
	uint64		hdrmask;
#else
	MemoryContext owner;
#endif
} Chunk;

#define CHUNK_OF(pointer) ((Chunk *) (pointer) - 1)

/* The pieces of a context, as a ring; contexts are found by hash. */
typedef struct Ring
{
	struct Ring *next;
	MemoryContext context;
	Chunk		head;
} Ring;

#define N_RINGS 4096

static Ring *rings[N_RINGS];
static MemoryContextMethods original;

static Ring **
ring_place(MemoryContext context)
{
	Ring	  **place = &rings[((uintptr_t) context >> 4) % N_RINGS];

	while (*place != NULL && (*place)->context != context)
		place = &(*place)->next;
	return place;
}

static Ring *
ring_of(MemoryContext context)
{
	Ring	  **place = ring_place(context);

	if (*place == NULL)
	{
		*place = calloc(1, sizeof(Ring));
		if (*place == NULL)
			return NULL;
		(*place)->context = context;
		(*place)->head.next = (*place)->head.before = &(*place)->head;
	}
	return *place;
}

static bool
is_ours(void *pointer)
{
	Chunk	   *chunk = CHUNK_OF(pointer);

	/* what is freed once more, the sanitizer reports */
	if (chunk->magic == FREED_MAGIC)
		free(chunk);
	return chunk->magic == CHUNK_MAGIC;
}

static void *
new_chunk(MemoryContext context, Size size)
{
	Ring	   *ring = ring_of(context);
	Chunk	   *chunk = ring == NULL ? NULL : malloc(sizeof(Chunk) + size);

	if (chunk == NULL)
		return NULL;
	chunk->context = context;
	chunk->size = size;
	chunk->magic = CHUNK_MAGIC;
#if PG_VERSION_NUM >= 160000
	chunk->hdrmask = (CHUNK_MAGIC & ~(uint64) MEMORY_CONTEXT_METHODID_MASK) | MCTX_ASET_ID;
#else
	chunk->owner = context;
#endif
	chunk->before = &ring->head;
	chunk->next = ring->head.next;
	chunk->next->before = chunk;
	ring->head.next = chunk;
	context->mem_allocated += sizeof(Chunk) + size;
	if (__asan_poison_memory_region != NULL)
		__asan_poison_memory_region(chunk, sizeof(Chunk));
	return chunk + 1;
}

static void
free_chunk(Chunk *chunk)
{
	chunk->before->next = chunk->next;
	chunk->next->before = chunk->before;
	chunk->context->mem_allocated -= sizeof(Chunk) + chunk->size;
	chunk->magic = FREED_MAGIC;
	free(chunk);
}

/* Always moves, so that a pointer to the old place is noticed. */
static void *
move_chunk(Chunk *chunk, Size size)
{
	void	   *moved = new_chunk(chunk->context, size);

	if (moved == NULL)
		return NULL;
	memcpy(moved, chunk + 1, Min(size, chunk->size));
	free_chunk(chunk);
	return moved;
}

static void
free_ring(MemoryContext context)
{
	Ring	  **place = ring_place(context);
	Ring	   *ring = *place;

	if (ring == NULL)
		return;
	while (ring->head.next != &ring->head)
		free_chunk(ring->head.next);
	*place = ring->next;
	free(ring);
}

static void
reset(MemoryContext context)
{
	free_ring(context);
	original.reset(context);
}

static void
delete_context(MemoryContext context)
{
	free_ring(context);
	original.delete_context(context);
}

#if PG_VERSION_NUM >= 170000
static void *
alloc(MemoryContext context, Size size, int flags)
{
	void	   *result;

	MemoryContextCheckSize(context, size, flags);
	result = new_chunk(context, size);
	return result != NULL ? result : MemoryContextAllocationFailure(context, size, flags);
}

static void *
reallocate(void *pointer, Size size, int flags)
{
	MemoryContext context;
	void	   *result;

	if (!is_ours(pointer))
		return original.realloc(pointer, size, flags);
	context = CHUNK_OF(pointer)->context;
	MemoryContextCheckSize(context, size, flags);
	result = move_chunk(CHUNK_OF(pointer), size);
	return result != NULL ? result : MemoryContextAllocationFailure(context, size, flags);
}
#else
static void *
alloc(MemoryContext context, Size size)
{
	return new_chunk(context, size);
}
#endif

#if PG_VERSION_NUM >= 160000
#if PG_VERSION_NUM < 170000
static void *
reallocate(void *pointer, Size size)
{
	return is_ours(pointer) ? move_chunk(CHUNK_OF(pointer), size) :
		original.realloc(pointer, size);
}
#endif

static void
free_p(void *pointer)
{
	if (is_ours(pointer))
		free_chunk(CHUNK_OF(pointer));
	else
		original.free_p(pointer);
}

static MemoryContext
get_chunk_context(void *pointer)
{
	return is_ours(pointer) ? CHUNK_OF(pointer)->context : original.get_chunk_context(pointer);
}

static Size
get_chunk_space(void *pointer)
{
	return is_ours(pointer) ? sizeof(Chunk) + CHUNK_OF(pointer)->size :
		original.get_chunk_space(pointer);
}
#else
static void *
reallocate(MemoryContext context, void *pointer, Size size)
{
	return is_ours(pointer) ? move_chunk(CHUNK_OF(pointer), size) :
		original.realloc(context, pointer, size);
}

static void
free_p(MemoryContext context, void *pointer)
{
	if (is_ours(pointer))
		free_chunk(CHUNK_OF(pointer));
	else
		original.free_p(context, pointer);
}

static Size
get_chunk_space(MemoryContext context, void *pointer)
{
	return is_ours(pointer) ? sizeof(Chunk) + CHUNK_OF(pointer)->size :
		original.get_chunk_space(context, pointer);
}
#endif

void
_PG_init(void)
{
	MemoryContextMethods *methods = unconstify(MemoryContextMethods *, TopMemoryContext->methods);
	uintptr_t	page = (uintptr_t) sysconf(_SC_PAGESIZE);
	uintptr_t	start = (uintptr_t) methods & ~(page - 1);
	uintptr_t	end = (uintptr_t) (methods + 1);

	if (!IsA(TopMemoryContext, AllocSetContext))
		elog(FATAL, "memory contexts are of an unknown kind");
	/* the table is constant once the server has started */
	if (mprotect((void *) start, end - start, PROT_READ | PROT_WRITE) != 0)
		elog(FATAL, "cannot change the methods of memory contexts: %m");
	original = *methods;
	methods->alloc = alloc;
	methods->free_p = free_p;
	methods->realloc = reallocate;
	methods->reset = reset;
	methods->delete_context = delete_context;
	methods->get_chunk_space = get_chunk_space;
#if PG_VERSION_NUM >= 160000
	methods->get_chunk_context = get_chunk_context;
#endif
}
