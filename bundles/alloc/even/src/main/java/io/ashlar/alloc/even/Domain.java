package io.ashlar.alloc.even;

import io.ashlar.alloc.ClusterView.Chunk;

/// What copies of one extent are kept apart by.
enum Domain {
    NODE,
    BRICK,
    RACK,
    ZONE;

    String of(Chunk chunk) {
        return switch (this) {
            case NODE -> chunk.node();
            case BRICK -> chunk.brick();
            case RACK -> chunk.rack();
            case ZONE -> chunk.zone();
        };
    }
}
