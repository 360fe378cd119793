/*-------------------------------------------------------------------------
 *
 * field_tree.c
 *	  A provider's field list as a tree of keys with one hash table.
 *
 * Built once a process for each provider, into static memory; the paths of
 * the descriptors are short and few.  Keys are compared without regard to
 * ASCII case, since vendors spell one member both ways (info, Info).
 *
 * Events of one feed mostly have their members in one order.  So the tree
 * also keeps which member came behind which, for the next event.
 *
 *-------------------------------------------------------------------------
 */
#include "ascii.h"
#include "provider/reader.h"

static SmsFieldTree trees[SMS_N_PROVIDERS];

static bool
same_key(const char *a, const char *b, size_t len)
{
	size_t		i;

	if (sms_equal_bytes(a, b, len))
		return true;
	for (i = 0; i < len; i++)
		if (sms_lower(a[i]) != sms_lower(b[i]))
			return false;
	return true;
}

/* Length, first, middle and last character tell the keys in use apart. */
static inline uint32_t
hash_key(int parent, const char *key, size_t len)
{
	uint32_t	h = (uint32_t) parent * 0x9E3779B1u + (uint32_t) len * 0x85EBCA6Bu;

	h ^= (uint32_t) ((unsigned char) sms_lower(key[0]) | (unsigned char) sms_lower(key[len / 2]) << 8 |
					 (unsigned char) sms_lower(key[len - 1]) << 16) * 0xC2B2AE35u;
	return (h ^ h >> 15 ^ h >> 24) & (SMS_FIELD_TREE_SLOTS - 1);
}

/* The node of a member of node, or -1. */
int
sms_field_tree_child(const SmsFieldTree *tree, int node, SmsText key)
{
	uint32_t	i;

	if (key.len == 0 || key.len > UINT8_MAX)
		return -1;
	for (i = hash_key(node, key.ptr, key.len); tree->table[i] != 0;
		 i = (i + 1) & (SMS_FIELD_TREE_SLOTS - 1))
	{
		const SmsFieldNode *child = &tree->node[tree->table[i]];

		if (child->parent == node && child->len == key.len &&
			same_key(child->key, key.ptr, key.len))
			return tree->table[i];
	}
	return -1;
}

static int
add_node(SmsFieldTree *tree, int parent, const char *key, size_t len)
{
	SmsText		text;
	int			node;
	uint32_t	i;

	text.ptr = key;
	text.len = len;
	node = sms_field_tree_child(tree, parent, text);
	if (node >= 0)
		return node;
	node = tree->nodes++;
	tree->node[node].key = key;
	tree->node[node].len = (uint8_t) len;
	tree->node[node].parent = (uint8_t) parent;
	i = hash_key(parent, key, len);
	while (tree->table[i] != 0)
		i = (i + 1) & (SMS_FIELD_TREE_SLOTS - 1);
	tree->table[i] = (uint8_t) node;
	return node;
}

/* The tree of a provider's fields; a test checks that all of them fit. */
SmsFieldTree *
sms_field_tree_of(const SmsSpec *spec)
{
	SmsFieldTree *tree = &trees[spec->provider];
	const SmsField *field;

	if (tree->spec != NULL)
		return tree;
	tree->nodes = 1;
	for (field = spec->fields; field->path != NULL; field++)
	{
		const char *key = field->path;
		int			node = 0;

		while (*key != '\0' && tree->nodes < SMS_FIELD_TREE_NODES)
		{
			size_t		len = strcspn(key, ".[");

			bool		elements;

			node = add_node(tree, node, key, len);
			key += len;
			elements = *key == '[';
			if (elements)
			{
				tree->node[node].has_elements = true;
				key += 2;
			}
			if (*key == '.')
			{
				if (!elements)
					tree->node[node].has_members = true;
				key++;
			}
		}
		tree->node[node].field = field;
	}
	tree->spec = spec;
	return tree;
}
