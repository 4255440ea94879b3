DROP TABLE "ecommerce_rescue_messages";
DROP TABLE "ecommerce_rescue_opt_outs";
DROP TABLE "ecommerce_cart_items";
DROP TABLE "ecommerce_carts";
DROP TYPE "ecommerce_rescue_stop_reason";
DROP TYPE "ecommerce_cart_status";
