/*-------------------------------------------------------------------------
 *
 * fold.c
 *	  Folds a text: compatibility decomposition (NFKD) and full case folding of
 *	  Unicode, without what cannot be seen, and ASCII letters in upper case.
 *
 * Two texts have one folded form where NFKC and case folding make them equal.
 * The tables are our own, since the server's change with its version, and
 * those of the C library with the machine: a keyword must mean the same on
 * every server that holds the same events.
 *
 *-------------------------------------------------------------------------
 */
#include "text/fold.h"

#include "text/utf8.h"

/* Marks of one letter that are put into their order; more stay as they come */
#define MAX_MARKS 30

typedef struct Folder
{
	char	   *out;			/* NULL: only count */
	size_t		len;
	uint32_t	letter;			/* the last that is no mark */
	int			n_marks;
	uint32_t	marks[MAX_MARKS];
	int			ranks[MAX_MARKS];
} Folder;

static void
put(Folder *folder, uint32_t c)
{
	char		bytes[4];
	size_t		n;

	if (c >= 'a' && c <= 'z')
		c -= 'a' - 'A';
	folder->letter = c;
	if (c < 0x80)
	{
		bytes[0] = (char) c;
		n = 1;
	}
	else if (c < 0x800)
	{
		bytes[0] = (char) (0xC0 | c >> 6);
		bytes[1] = (char) (0x80 | (c & 0x3F));
		n = 2;
	}
	else if (c < 0x10000)
	{
		bytes[0] = (char) (0xE0 | c >> 12);
		bytes[1] = (char) (0x80 | (c >> 6 & 0x3F));
		bytes[2] = (char) (0x80 | (c & 0x3F));
		n = 3;
	}
	else
	{
		bytes[0] = (char) (0xF0 | c >> 18);
		bytes[1] = (char) (0x80 | (c >> 12 & 0x3F));
		bytes[2] = (char) (0x80 | (c >> 6 & 0x3F));
		bytes[3] = (char) (0x80 | (c & 0x3F));
		n = 4;
	}
	if (folder->out != NULL)
		memcpy(folder->out + folder->len, bytes, n);
	folder->len += n;
}

static void
put_marks(Folder *folder)
{
	uint32_t	letter = folder->letter;

	for (int i = 0; i < folder->n_marks; i++)
		put(folder, folder->marks[i]);
	folder->letter = letter;
	folder->n_marks = 0;
}

/* The rank of a mark; 0: it is none */
static int
rank_of(uint32_t c)
{
	size_t		low = 0;
	size_t		high = c < sms_fold_marks[0].first ? 0 : sms_n_fold_marks;

	while (low < high)
	{
		size_t		mid = (low + high) / 2;

		if (c > sms_fold_marks[mid].last)
			low = mid + 1;
		else if (c < sms_fold_marks[mid].first)
			high = mid;
		else
			return sms_fold_marks[mid].rank;
	}
	return 0;
}

static void
add(Folder *folder, uint32_t c)
{
	int			rank = rank_of(c);
	int			i;

	/* the dot of a dotted I, which decomposition takes off it */
	if (c == 0x307 && folder->letter == 'I' && folder->n_marks == 0)
		return;
	if (rank == 0 || folder->n_marks == MAX_MARKS)
	{
		put_marks(folder);
		put(folder, c);
		return;
	}
	for (i = folder->n_marks++; i > 0 && folder->ranks[i - 1] > rank; i--)
	{
		folder->marks[i] = folder->marks[i - 1];
		folder->ranks[i] = folder->ranks[i - 1];
	}
	folder->marks[i] = c;
	folder->ranks[i] = rank;
}

static const SmsFoldRun *
find_run(uint32_t c)
{
	size_t		low = 0;
	size_t		high = sms_n_fold_runs;

	while (low < high)
	{
		size_t		mid = (low + high) / 2;
		const SmsFoldRun *run = &sms_fold_runs[mid];

		if (c > run->last)
			low = mid + 1;
		else if (c < run->first)
			high = mid;
		else
			return run;
	}
	return NULL;
}

static const SmsFoldSequence *
find_sequence(uint32_t c)
{
	size_t		low = 0;
	size_t		high = sms_n_fold_sequences;

	while (low < high)
	{
		size_t		mid = (low + high) / 2;
		const SmsFoldSequence *sequence = &sms_fold_sequences[mid];

		if (c > sequence->character)
			low = mid + 1;
		else if (c < sequence->character)
			high = mid;
		else
			return sequence;
	}
	return NULL;
}

static void
fold_character(Folder *folder, uint32_t c)
{
	const SmsFoldSequence *sequence = find_sequence(c);
	const SmsFoldRun *run;

	if (sequence != NULL)
	{
		for (int i = 0; i < sequence->n; i++)
			add(folder, sms_fold_characters[sequence->start + i]);
		return;
	}
	/* a run in steps of two has other characters between */
	run = find_run(c);
	if (run == NULL || (run->step > 1 && (c - run->first) % run->step != 0))
		add(folder, c);
	else if (run->step != 0)
		add(folder, c + run->by);
}

/*
 * Writes the folded form to out, which has room for as many bytes as a first
 * call with NULL returned, and returns its length.  Bytes that are no
 * character become U+FFFD.
 */
size_t
sms_fold_text(SmsText text, char *out)
{
	Folder		folder = {out, 0, 0, 0, {0}, {0}};

	for (size_t pos = 0; pos < text.len;)
	{
		uint32_t	c = sms_utf8_next(text, &pos);

		if (c < 0x80)
		{
			put_marks(&folder);
			put(&folder, c);
		}
		else
			fold_character(&folder, c);
	}
	put_marks(&folder);
	return folder.len;
}
