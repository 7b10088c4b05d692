using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.PostgresMigrations
{
    /// <inheritdoc />
    public partial class PurgesSayWhy : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "DatedBy",
                table: "Sessions",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Counted",
                table: "MovedRecordings",
                type: "text",
                maxLength: 1000,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "DatedBy",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "Counted",
                table: "MovedRecordings");
        }
    }
}
