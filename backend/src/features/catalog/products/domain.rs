//! New and changed products, without HTTP or SQL.

use shared_types::{
    Timestamp,
    catalog::{
        Product,
        edit::{CreateProduct, UpdateProduct},
    },
};

/// The product that a request describes.
pub fn new_product(id: String, request: CreateProduct, moment: Timestamp) -> Product {
    Product {
        id,
        category_id: request.category_id,
        sku: request.sku,
        name: request.name,
        slug: request.slug,
        description: request.description,
        price: request.price,
        compare_at: request.compare_at,
        stock: request.stock,
        image_url: request.image_url,
        images: request.images,
        status: request.status,
        is_featured: request.is_featured,
        metadata: request.metadata,
        created_at: moment.clone(),
        updated_at: moment,
    }
}

/// The product with what is given changed.
pub fn changed(product: Product, request: UpdateProduct) -> Product {
    Product {
        category_id: request.category_id.unwrap_or(product.category_id),
        sku: request.sku.unwrap_or(product.sku),
        name: request.name.unwrap_or(product.name),
        slug: request.slug.unwrap_or(product.slug),
        description: request.description.unwrap_or(product.description),
        price: request.price.unwrap_or(product.price),
        compare_at: request.compare_at.unwrap_or(product.compare_at),
        stock: request.stock.unwrap_or(product.stock),
        image_url: request.image_url.unwrap_or(product.image_url),
        images: request.images.unwrap_or(product.images),
        status: request.status.unwrap_or(product.status),
        is_featured: request.is_featured.unwrap_or(product.is_featured),
        metadata: request.metadata.or(product.metadata),
        ..product
    }
}
